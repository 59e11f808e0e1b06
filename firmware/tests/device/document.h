/* Documents that are made from what is in the code: a test compares, and with ESPFORGE_WRITE_DOCS=1 writes. */
#ifndef EF_TEST_DOCUMENT_H
#define EF_TEST_DOCUMENT_H

#include <stddef.h>

typedef struct document {
    char text[65536];
    size_t len;
} document;

__attribute__((format(printf, 2, 3))) void document_add(document *doc, const char *format, ...);
/* Fails the test when EF_DOCS_DIR/name is not exactly this. */
void document_check(const document *doc, const char *name);

#endif
