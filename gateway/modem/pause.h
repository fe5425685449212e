/* pause.h - the longest sleep libgammu is allowed. */
#ifndef GATEWAY_MODEM_PAUSE_H
#define GATEWAY_MODEM_PAUSE_H

/* Milliseconds, 0..1000.  Until it is called sleeps are not cut. */
void pause_cap(int ms);
#endif
