/* watch.h - notices that the serial device is gone while a call of libgammu's is waiting on it.
 *
 * libgammu takes the end of a device for silence and waits its time out, 20 to 500 s.  A thread
 * does nothing but wait for the hang-up; it then leaves the main one a moment to notice by itself,
 * tells the hub, and ends the process.  It allocates nothing and calls nothing of libgammu's.
 */
#ifndef GATEWAY_MODEM_WATCH_H
#define GATEWAY_MODEM_WATCH_H

/* hub_fd: the socket; code: exit code.  0, or -1 when no thread can be had (a hang-up during a call
 * is then found when the call ends).  At most once a process. */
int watch_start(int tty_fd, int hub_fd, int code);
#endif
