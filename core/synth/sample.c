/* sample: a home with its options fixed. */
#include "synth/sample.h"

#include "base/text.h"
#include "flow/write.h"
#include "synth/attack.h"
#include "synth/home.h"

enum { DEVICES = 6, FLOWS = 12000, SEED = 7, PER_MILLE = 80, PIECE = 1 << 16 };
#define START 1718000000 /* 10 June 2024 */

int sample_write(int (*put)(void *arg, const void *data, size_t len, struct err *e), void *arg, struct err *e)
{
	const struct home_options o = {
		.seed = SEED,
		.devices = DEVICES,
		.attacks = attack_list("port_scan,ddos,exfiltration"),
		.attack_per_mille = PER_MILLE,
		.start_s = START,
	};
	struct text t = { 0 };
	struct home *home;
	struct flow f;
	int r;

	if ((r = home_new(&home, &o, e)) < 0)
		return r;
	flow_write_head(&t, FLOW_CSV, START);
	for (size_t i = 1; i <= FLOWS && r == OK; i++) {
		home_next(home, &f);
		flow_write(&t, FLOW_CSV, &f);
		if (t.n < PIECE && i < FLOWS)
			continue;
		r = t.failed ? err_set(e, ERR_NOMEM, "out of memory for the sample") : put(arg, t.p, t.n, e);
		text_clear(&t);
	}
	text_free(&t);
	home_del(home);
	return r;
}
