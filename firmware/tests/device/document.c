#include "document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

void document_add(document *doc, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(doc->text + doc->len, sizeof doc->text - doc->len, format, arguments);
    va_end(arguments);
    assert_true(n >= 0 && (size_t)n < sizeof doc->text - doc->len);
    doc->len += (size_t)n;
}

void document_check(const document *doc, const char *name)
{
    static char present[sizeof doc->text];
    char path[1024];
    const char *write = getenv("ESPFORGE_WRITE_DOCS");
    (void)snprintf(path, sizeof path, "%s/%s", EF_DOCS_DIR, name);
    FILE *file = fopen(path, write != NULL && strcmp(write, "1") == 0 ? "wb+" : "rb");
    if (file == NULL)
        fail_msg("%s cannot be opened; ESPFORGE_WRITE_DOCS=1 makes it", path);
    if (write != NULL && strcmp(write, "1") == 0) {
        assert_int_equal(fwrite(doc->text, 1, doc->len, file), doc->len);
        rewind(file);
    }
    size_t len = fread(present, 1, sizeof present, file);
    (void)fclose(file);
    if (len != doc->len || memcmp(present, doc->text, len) != 0)
        fail_msg("%s is not what the code says; run this test with ESPFORGE_WRITE_DOCS=1", path);
}
