/** The few calls publishing needs of Home Assistant. They throw HASS_* while there is no connection. */
export interface PublishPort {
  hasService(domain: string, service: string): Promise<boolean>;
  callService(domain: string, service: string, data: Readonly<Record<string, unknown>>): Promise<void>;
  /** Sets a state that belongs to no entity. */
  postState(entityId: string, state: string, attributes: Readonly<Record<string, unknown>>): Promise<void>;
}
