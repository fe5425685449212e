/* sim.h - the parts of one simulated modem, as the commands and the loop hold them. */
#ifndef SIM_SIM_H
#define SIM_SIM_H
#include "tests/sim/modem/at.h"

struct sim {
	struct stores *stores;
	struct net *net;
	struct fault fault;
	struct events events;
	struct at *at;
};
#endif
