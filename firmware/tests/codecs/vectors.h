/* Reads the vectors of tests/vectors: blocks of `key: value` lines, separated by empty lines; `#` begins a comment line. */
#ifndef EF_TEST_VECTORS_H
#define EF_TEST_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define VECTOR_LINE_MAX 16384
#define VECTOR_PAIRS_MAX 32

typedef struct vector {
    size_t count;
    char *keys[VECTOR_PAIRS_MAX];
    char *values[VECTOR_PAIRS_MAX];
    char storage[VECTOR_LINE_MAX * 2];
} vector;

/* Opens EF_VECTORS_DIR/name; NULL when it is not there. */
FILE *vectors_open(const char *name);
/* The next block; false at the end. A line that is no pair, or a block too large, ends the test program. */
bool vectors_next(FILE *file, vector *out);
/* A value; fails the running test when the block has no such key. */
const char *vector_text(const vector *v, const char *key);
uint64_t vector_number(const vector *v, const char *key);
size_t vector_hex(const vector *v, const char *key, uint8_t *out, size_t cap);

#endif
