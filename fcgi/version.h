/* version: of the product. */
#ifndef FCGI_VERSION_H
#define FCGI_VERSION_H

#define GUARDIAN_VERSION "0.3.0"

#endif
