/** The name under which Windows knows the agent's notifications; the installer's shortcut carries it too, else none appear. */
export const appUserModelId = 'Porthor.Agent';
