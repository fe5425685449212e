/* pause.h - the longest sleep libgammu is allowed. */
#ifndef GATEWAY_MODEM_PAUSE_H
#define GATEWAY_MODEM_PAUSE_H

#include <stdbool.h>

/* Milliseconds, 0..1000.  Until it is called sleeps are not cut. */
void pause_cap(int ms);
/* The modem takes a line at a time: hardly a sleep between two characters. */
void pause_whole_lines(bool yes);
#endif
