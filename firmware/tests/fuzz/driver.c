/* Runs a libFuzzer target without libFuzzer: every file of its corpus, then a fixed number of mutations of them, the same ones every time.
 *
 *   ef_fuzz_NAME CORPUS [MUTATIONS [SEED]]
 *
 * An input that kills the target is left in crash-NAME. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdint.h>

#define FILES_MAX 512
#define INPUT_MAX 8192

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv);
__attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)(void));

typedef struct seed_file {
    uint8_t *data;
    size_t len;
} seed_file;

static seed_file files[FILES_MAX];
static size_t file_count;
static uint8_t input[INPUT_MAX];
static size_t input_len;
static uint32_t seed;
static const char *name;

static void leave_input(void)
{
    char path[256];
    (void)snprintf(path, sizeof path, "crash-%s", name);
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return;
    (void)fwrite(input, 1, input_len, file);
    (void)fclose(file);
    (void)fprintf(stderr, "the input is in %s\n", path);
}

static uint32_t below(uint32_t limit)
{
    seed = seed * 1664525u + 1013904223u;
    return limit == 0 ? 0 : (uint32_t)(((uint64_t)seed * limit) >> 32);
}

static void run(void)
{
    uint8_t *copy = malloc(input_len == 0 ? 1 : input_len); /* of its own size, so that reading past it is seen */
    if (copy == NULL)
        exit(1);
    memcpy(copy, input, input_len);
    (void)LLVMFuzzerTestOneInput(copy, input_len);
    free(copy);
}

static void load(const char *directory)
{
    DIR *dir = opendir(directory);
    if (dir == NULL) {
        perror(directory);
        exit(1);
    }
    for (struct dirent *entry; file_count < FILES_MAX && (entry = readdir(dir)) != NULL;) {
        char path[1024];
        FILE *file;
        (void)snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (entry->d_name[0] == '.' || (file = fopen(path, "rb")) == NULL)
            continue;
        size_t len = fread(input, 1, sizeof input, file);
        (void)fclose(file);
        files[file_count].data = malloc(len == 0 ? 1 : len);
        if (files[file_count].data == NULL)
            exit(1);
        memcpy(files[file_count].data, input, len);
        files[file_count++].len = len;
    }
    (void)closedir(dir);
}

/* readdir's order is the disk's; mutations must not depend on it. */
static int by_content(const void *a, const void *b)
{
    const seed_file *x = a, *y = b;
    int order = memcmp(x->data, y->data, x->len < y->len ? x->len : y->len);
    return order != 0 ? order : x->len < y->len ? -1 : x->len > y->len;
}

static void insert(size_t at, const uint8_t *data, size_t len)
{
    if (len > INPUT_MAX - input_len)
        len = INPUT_MAX - input_len;
    memmove(input + at + len, input + at, input_len - at);
    memcpy(input + at, data, len);
    input_len += len;
}

static void mutate(void)
{
    static const uint8_t telling[] = {0, 1, 0x7F, 0x80, 0xFF, '\r', '\n', '"', '\\', '{', '%', ' '};
    uint8_t bytes[64];
    size_t at = below((uint32_t)input_len + 1), len;
    switch (below(7)) {
    case 0:
        if (at < input_len)
            input[at] ^= (uint8_t)(1u << below(8));
        break;
    case 1:
        if (at < input_len)
            input[at] = below(2) == 0 ? telling[below(sizeof telling)] : (uint8_t)below(256);
        break;
    case 2:
        len = 1 + below(8);
        for (size_t i = 0; i < len; i++)
            bytes[i] = (uint8_t)below(256);
        insert(at, bytes, len);
        break;
    case 3: /* cut a piece out */
        len = below((uint32_t)(input_len - at) + 1);
        memmove(input + at, input + at + len, input_len - at - len);
        input_len -= len;
        break;
    case 4: /* say a piece twice */
        len = below((uint32_t)(input_len - at) + 1);
        if (len > sizeof bytes)
            len = sizeof bytes;
        memcpy(bytes, input + at, len);
        insert(at, bytes, len);
        break;
    case 5: { /* a piece of another */
        size_t other = below((uint32_t)file_count), from = below((uint32_t)files[other].len + 1);
        insert(at, files[other].data + from, below((uint32_t)(files[other].len - from) + 1));
        break;
    }
    default: /* the end is missing */
        if (below(4) == 0)
            input_len = at;
        break;
    }
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        (void)fprintf(stderr, "usage: %s CORPUS [MUTATIONS [SEED]]\n", argv[0]);
        return 2;
    }
    name = strrchr(argv[0], '/') == NULL ? argv[0] : strrchr(argv[0], '/') + 1;
    if (LLVMFuzzerInitialize != NULL && LLVMFuzzerInitialize(&argc, &argv) != 0)
        return 1;
    if (__sanitizer_set_death_callback != NULL)
        __sanitizer_set_death_callback(leave_input);
    uint32_t mutations = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 20000;
    seed = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 1;
    load(argv[1]);
    qsort(files, file_count, sizeof files[0], by_content);
    for (size_t i = 0; i < file_count; i++) {
        memcpy(input, files[i].data, files[i].len);
        input_len = files[i].len;
        run();
    }
    for (uint32_t i = 0; file_count > 0 && i < mutations; i++) {
        size_t base = below((uint32_t)file_count);
        memcpy(input, files[base].data, files[base].len);
        input_len = files[base].len;
        for (uint32_t n = 1 + below(6); n > 0; n--)
            mutate();
        run();
    }
    (void)printf("%zu files, %u mutations of them\n", file_count, mutations);
    for (size_t i = 0; i < file_count; i++)
        free(files[i].data);
    return file_count == 0;
}
