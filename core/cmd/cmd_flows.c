/* cmd_flows: `guardian flows`: any input as normalised flows, so that readers can be seen, tested and piped. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cmd/cmd.h"
#include "cmd/config.h"
#include "cmd/options.h"
#include "base/pieces.h"
#include "cmd/scan_print.h"
#include "base/shown.h"
#include "flow/write.h"
#include "input/limits.h"

static const char synopsis[] = "flows [OPTIONS] FILE...";
static const char about[] =
	"Prints the flows of any input that `guardian scan` takes, one a line, with Zeek's field names; - is standard input.\n"
	"What could not be used is told on standard error.\n";

enum { FLUSH_BYTES = 1 << 16 };

struct output {
	enum flow_format format;
	struct text text;
	int failed; /* a write did not work, or memory is out: no file after this one */
};

static int flush(struct output *o)
{
	o->failed |= o->text.failed || (o->text.n > 0 && fwrite(o->text.p, 1, o->text.n, stdout) != o->text.n);
	text_clear(&o->text);
	return o->failed ? ERR_IO : OK;
}

static int take(void *arg, const struct flow *f)
{
	struct output *const o = arg;

	flow_write(&o->text, o->format, f);
	return o->text.n < FLUSH_BYTES ? OK : flush(o);
}

/* A file on its way through the reader. */
struct passage {
	struct reader *reader;
	struct output *out;
};

/* What a pipe has brought goes out before more of it is waited for. */
static int take_piece(void *arg, const void *data, size_t n, struct err *e)
{
	const struct passage *const p = arg;
	const int code = reader_feed(p->reader, data, n, e);

	if (code != OK)
		return code;
	return flush(p->out) < 0 || fflush(stdout) != 0 ? ERR_IO : OK;
}

/* 0, ERR_* with its message in *e, or what the output returned. */
static int print_file(const char *name, const struct reader_options *limits, struct output *o, struct err *e)
{
	struct passage p = { .out = o };
	char text[SHOWN_NAME];
	int code;

	if ((code = reader_new(&p.reader, limits, &(struct sinks){ .flow = take, .arg = o }, e)) == OK) {
		const struct read_report *const report = reader_report(p.reader);

		if ((code = pieces_read(name, take_piece, &p, e)) == OK)
			code = reader_finish(p.reader, e);
		if (report->format[0] != '\0') {
			fprintf(stderr, "%s: ", shown(text, sizeof(text), name));
			scan_print_input(stderr, report);
			fprintf(stderr, "%" PRIu64 " rows, %" PRIu64 " skipped\n", report->rows, report->rows_skipped);
		}
		scan_print_problems(stderr, name, report);
	}
	reader_del(p.reader);
	return code;
}

int cmd_flows(int argc, char **argv)
{
	const char *format = "csv";
	const struct option table[] = {
		{ "format", OPT_TEXT, &format, 0, 0, "F", "csv, ndjson, or zeek" },
		{ 0 },
	};
	struct reader_options limits = { 0 };
	struct output o = { 0 };
	struct settings settings;
	struct err e = { 0 };
	int code, files, found;

	if (config_start(&settings, "flows", &code) < 0)
		return code;
	if ((files = options_start(table, synopsis, about, argc, argv, 1, -1, &code)) < 0)
		return code;
	if ((found = flow_format_find(format)) < 0 || found == FLOW_SEED) {
		fprintf(stderr, "guardian flows: --format: \"%s\" is neither csv, ndjson nor zeek\n", format);
		return EXIT_USAGE;
	}
	code = EXIT_DONE;
	if (limits_load(&limits, &settings, &e) < 0) {
		fprintf(stderr, "guardian flows: %s\n", e.msg);
		return EXIT_INPUT;
	}
	o.format = (enum flow_format)found;
	signal(SIGPIPE, SIG_DFL); /* the reader of a filter may go when it has enough */
	flow_write_head(&o.text, o.format, time(NULL));
	for (int i = 1; i <= files && !o.failed; i++) {
		char name[SHOWN_NAME];

		if (print_file(argv[i], &limits, &o, &e) == OK || o.failed)
			continue;
		fprintf(stderr, "guardian flows: %s: %s\n", shown(name, sizeof(name), argv[i]), e.msg);
		code = EXIT_INPUT;
	}
	flow_write_tail(&o.text, o.format, time(NULL));
	if (!o.failed)
		flush(&o);
	if (o.failed && !ferror(stdout))
		fputs("guardian flows: out of memory\n", stderr);
	text_free(&o.text);
	return o.failed ? EXIT_INPUT : code;
}
