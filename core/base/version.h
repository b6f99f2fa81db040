/* version: of the product, for both programs and the API. */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#define GUARDIAN_VERSION "0.1.0"

#endif
