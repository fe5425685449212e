/* notify.c - see notify.h.  The only file that includes libsystemd. */
#include "gateway/hub/notify.h"

#include <systemd/sd-daemon.h>

#include "gateway/hub/clock.h"

static int64_t last_ms;

void notify_ready(void)
{
	sd_notify(0, "READY=1\nSTATUS=taking texts");
}

void notify_reloading(void)
{
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)clock_mono_ms() * 1000);
}

void notify_stopping(void)
{
	sd_notify(0, "STOPPING=1\nSTATUS=draining");
}

int64_t notify_interval_ms(void)
{
	uint64_t usec = 0;
	return sd_watchdog_enabled(0, &usec) > 0 ? (int64_t)(usec / 2000) : 0;
}

void notify_alive(void)
{
	int64_t interval = notify_interval_ms(), now = clock_mono_ms();
	if (interval == 0 || now - last_ms < interval / 2)
		return;
	last_ms = now;
	sd_notify(0, "WATCHDOG=1");
}
