/* fuzz_json: any bytes as JSON records; however they are cut into pieces, the same flows, report and error. */
#include "fuzz/pieces.h"
#include "table/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	same_in_pieces(flowtext, &json_source, data, size);
	return 0;
}
