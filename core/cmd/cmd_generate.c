/* cmd_generate: `guardian generate`: made-up traffic of a home, with labels. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "base/shown.h"
#include "flow/write.h"
#include "synth/attack.h"
#include "synth/home.h"
#include "table/timestamp.h"

static const char synopsis[] = "generate [OPTIONS]";
static const char about[] =
	"Writes flows of a made-up home (cameras, hubs, speakers, plugs, thermostats, phones) with labelled attacks. The same "
	"options\n"
	"give the same bytes on every machine. Attacks: port_scan, ddos, exfiltration, brute_force, beacon, download, mitm.\n";

enum { FLUSH_BYTES = 1 << 16 };

struct job {
	const char *out, *format, *attack, *start;
	size_t rows, seed, devices;
	double share;
	int seed_schema;
	struct home_options home;
	enum flow_format as;
};

static int prepare(struct job *j, struct err *e)
{
	enum time_kind kind = TIME_UNKNOWN;
	const int format = flow_format_find(j->format);
	double start;

	if (format < 0 || format == FLOW_SEED)
		return err_set(e, ERR_USAGE, "--format: \"%s\" is neither csv, ndjson nor zeek", j->format);
	if (j->seed_schema && format != FLOW_CSV)
		return err_set(e, ERR_USAGE, "--seed-schema is CSV, not %s", j->format);
	j->as = j->seed_schema ? FLOW_SEED : (enum flow_format)format;
	j->home.attacks = attack_list(j->attack);
	if (j->home.attacks < 0)
		return err_set(e, ERR_USAGE,
			       "--attack: \"%s\" is not all, none, or a list of port_scan, ddos, exfiltration, brute_force, "
			       "beacon, download, mitm",
			       j->attack);
	if (timestamp_parse(&kind, j->start, strlen(j->start), &start) != NULL || start < 0 || start > 4e9)
		return err_set(e, ERR_USAGE,
			       "--start: \"%s\" is no time; write it as 2024-01-31T08:00:00Z, or in seconds since 1970", j->start);
	j->home.start_s = (uint64_t)start;
	j->home.seed = j->seed;
	j->home.devices = j->devices;
	j->home.attack_per_mille = (unsigned)(j->share * 1000 + 0.5);
	return OK;
}

static int put(struct text *t, FILE *f)
{
	if (t->failed || (t->n > 0 && fwrite(t->p, 1, t->n, f) != t->n))
		return -1;
	text_clear(t);
	return 0;
}

static int write_all(const struct job *j, struct home *h, FILE *f)
{
	struct text t = { 0 };
	struct flow flow;
	int r = 0;

	flow_clear(&flow);
	flow_write_head(&t, j->as, (int64_t)j->home.start_s);
	for (size_t i = 0; i < j->rows && r == 0; i++) {
		home_next(h, &flow);
		flow_write(&t, j->as, &flow);
		if (t.n >= FLUSH_BYTES)
			r = put(&t, f);
	}
	flow_write_tail(&t, j->as, (int64_t)flow.ts);
	if (r == 0)
		r = put(&t, f);
	text_free(&t);
	return r;
}

/* Nothing else is at stake than a file that can be made again: it is written in place. */
static int generate(const struct job *j, struct err *e)
{
	const int to_stdout = strcmp(j->out, "-") == 0;
	FILE *const f = to_stdout ? stdout : fopen(j->out, "wb");
	struct home *h = NULL;
	int r;

	if (f == NULL)
		return err_errno(e, ERR_IO, "cannot write %s", j->out);
	if (to_stdout)
		signal(SIGPIPE, SIG_DFL); /* whoever reads may have enough */
	if ((r = home_new(&h, &j->home, e)) == OK && write_all(j, h, f) < 0 && !to_stdout)
		r = err_errno(e, ERR_IO, "cannot write %s", j->out);
	home_del(h);
	if (!to_stdout && fclose(f) != 0 && r == OK)
		r = err_errno(e, ERR_IO, "cannot write %s", j->out);
	return r;
}

int cmd_generate(int argc, char **argv)
{
	struct job j = {
		.out = "-",
		.format = "csv",
		.attack = "all",
		.start = "2024-01-01T00:00:00Z",
		.rows = 10000,
		.devices = 12,
		.share = 0.05,
	};
	const struct option table[] = {
		{ "rows", OPT_SIZE, &j.rows, 1, 1e12, "N", "how many flows" },
		{ "seed", OPT_SIZE, &j.seed, 0, 1e15, "S", "another seed, another home" },
		{ "attack", OPT_TEXT, &j.attack, 0, 0, "LIST", "all, none, or names with commas" },
		{ "attack-share", OPT_REAL, &j.share, 0, 0.9, "P", "of the flows that are attacks" },
		{ "devices", OPT_SIZE, &j.devices, 1, HOME_DEVICES_MAX, "N", "in the home" },
		{ "start", OPT_TEXT, &j.start, 0, 0, "TIME", "of the first flows" },
		{ "out", OPT_TEXT, &j.out, 0, 0, "F", "where to; - is standard output" },
		{ "format", OPT_TEXT, &j.format, 0, 0, "F", "csv, ndjson, or zeek" },
		{ "seed-schema", OPT_SWITCH, &j.seed_schema, 0, 0, NULL,
		  "CSV with ts, orig_pkts, resp_pkts, orig_bytes, resp_bytes, label only" },
		{ 0 },
	};
	struct err e = { 0 };
	char text[sizeof(e.msg)];
	int code, r;

	if (options_start(table, synopsis, about, argc, argv, 0, 0, &code) < 0)
		return code;
	if ((r = prepare(&j, &e)) == OK)
		r = generate(&j, &e);
	if (r < 0)
		fprintf(stderr, "guardian generate: %s\n", shown(text, sizeof(text), e.msg));
	return r == OK ? EXIT_DONE : r == ERR_USAGE ? EXIT_USAGE : EXIT_INPUT;
}
