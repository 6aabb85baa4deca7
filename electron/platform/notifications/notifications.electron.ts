/** The system's notifications as Electron reaches them. */
import { Notification } from 'electron';
import type { NotificationsPort } from './notifications-port.ts';

export const electronNotificationsPort: NotificationsPort = {
  capability: () =>
    Notification.isSupported()
      ? { name: 'notifications', level: 'full', reason: '' }
      : { name: 'notifications', level: 'none', reason: 'this session has no notification service' },
};
