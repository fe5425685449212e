/* notify.h - telling systemd how we are (sd_notify(3)); all of it does nothing elsewhere. */
#ifndef GATEWAY_HUB_NOTIFY_H
#define GATEWAY_HUB_NOTIFY_H
#include <stdint.h>
void notify_ready(void);
void notify_reloading(void);
void notify_stopping(void);
void notify_alive(void);           /* watchdog; sent at most twice an interval */
int64_t notify_interval_ms(void);  /* half the watchdog's interval; 0 = no watchdog */
#endif
