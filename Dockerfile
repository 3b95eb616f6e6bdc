# Both images are replaced by local ones with --build-arg where no registry can be reached.
ARG BUILD_FROM=debian:trixie-slim
ARG NODE_IMAGE=node:24-trixie-slim

# The production packages; npm, its cache and what only compilers read stay behind in this stage.
FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/npm-cache npm ci --cache /npm-cache --omit=dev --ignore-scripts --no-audit --no-fund \
 && find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -name '*.md' \) ! -iname 'license*' -delete \
 && rm -rf node_modules/@types node_modules/mqtt/dist

FROM ${BUILD_FROM}
RUN useradd --uid 1000 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin app
COPY --from=packages /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json ./
COPY --chmod=755 addon/start /usr/local/bin/start
COPY src ./src
# One arena, and thresholds that stay: else the allocator keeps memory that nobody uses (docs/decisions/node-options.md).
ENV NODE_ENV=production CADENCE_STORE_DIRECTORY=/data \
    MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=65536 MALLOC_TRIM_THRESHOLD_=131072
# What Node makes of the files depends on the processor, so it is made where the image runs, at its first start.
ENV NODE_COMPILE_CACHE=/data/compile-cache
EXPOSE 8099
VOLUME /data
# One line of bash: a second Node process would cost fifty times the processor time, every half minute for years.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8099 && printf 'GET /api/health HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r -t 4 line <&3 && [[ $line == *' 200 '* ]]"]
ENTRYPOINT ["start"]
CMD ["node", "--optimize-for-size", "--concurrent-turbofan-max-threads=2", "src/main.js", "run"]
# Last, so that a new version number costs no other layer.
ARG BUILD_VERSION=0.0.0
ARG BUILD_ARCH=amd64
LABEL org.opencontainers.image.title="Modbus Cadence" \
      org.opencontainers.image.description="Shows how busy your Modbus lines are, and how often each register is worth reading" \
      org.opencontainers.image.version="${BUILD_VERSION}" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.source="https://github.com/modbus-cadence/modbus-cadence" \
      io.hass.type="app" \
      io.hass.name="Modbus Cadence" \
      io.hass.version="${BUILD_VERSION}" \
      io.hass.arch="${BUILD_ARCH}"
