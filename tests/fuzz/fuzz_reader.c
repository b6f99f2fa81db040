/* fuzz_reader: any bytes as a file of any format, compressed or not; however they are cut into pieces, the same flows, report and error. */
#include "fuzz/pieces.h"
#include "lib/readersource.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	same_in_pieces(flowtext, &reader_source, data, size);
	return 0;
}
