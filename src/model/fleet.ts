/** What a site tells the others of itself. */
export interface SiteHealth {
  readonly version: string;
  readonly connection: string;
  readonly storage: string;
  /** Of its own store. */
  readonly samples: number;
  /** Worst first; shares of each bus. */
  readonly buses: readonly {
    readonly name: string;
    readonly utilisation: number;
    readonly utilisationAfter: number;
    readonly budget: number;
    readonly entities: number;
    readonly missing: number;
    readonly isKnown: boolean;
  }[];
}

/** One site of many. Times in ms since 1970. */
export interface FleetSite {
  readonly site: string;
  /** This daemon's own. */
  readonly isOwn: boolean;
  /** Everything before it is on the server; absent before the first samples. */
  readonly shippedUntil?: number;
  readonly toldAt?: number;
  readonly health?: SiteHealth;
  /** On the server. */
  readonly samples: number;
  readonly entities: number;
}

/** All sites that share a server, as they last told. */
export interface Fleet {
  readonly sites: readonly FleetSite[];
  /** Why they are not known, in a sentence; absent while they are. */
  readonly failure?: string;
}
