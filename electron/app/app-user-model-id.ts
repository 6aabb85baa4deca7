/**
 * The name under which Windows knows the agent's notifications. The installer's shortcut must carry it too, or none
 * appear.
 */
export const appUserModelId = 'Porthor.Agent';
