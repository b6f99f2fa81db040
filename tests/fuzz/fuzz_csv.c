/* fuzz_csv: any bytes as a CSV file, as flows and as a table of numbers; however they are cut into pieces, the same flows, report and error. */
#include "fuzz/pieces.h"
#include "table/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	same_in_pieces(flowtext, &csv_source, data, size);
	same_in_pieces(flowtext_table, &csv_source, data, size);
	return 0;
}
