/* fuzz_zeek: any bytes as a Zeek log; however they are cut into pieces, the same flows, report and error. */
#include "fuzz/pieces.h"
#include "table/zeek.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	same_in_pieces(flowtext, &zeek_source, data, size);
	return 0;
}
