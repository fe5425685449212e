/* seal.c - the end of building a world: indexes, and the proof that nothing is missing.  May call
 * world.c, messages.c, forms.c. */
#include "parser/forms.h"
#include "parser/messages.h"
#include "parser/world_int.h"

int world_seal(struct world *w)
{
	if (w->sealed)
		return w->n_faults;
	if (world_index(w))
		world_report(w, "out of memory", "");
	for (int i = 0; i < I_COUNT; i++)
		if (intent_listed((enum intent)i) && !w->allow[i])
			world_report(w, "no role may send intent", intent_name((enum intent)i));
	messages_prove(w);
	forms_prepare(w);
	w->sealed = true;
	return w->n_faults;
}
