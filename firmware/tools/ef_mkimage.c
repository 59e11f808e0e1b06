/* ef_mkimage: puts the header of docs/protocol.md section 5 before an ELF executable.
 *
 *   ef_mkimage --elf FILE --out FILE --project NAME --version SEMVER --chip NAME [--arch NAME]
 *
 * The build time is SOURCE_DATE_EPOCH (seconds) of the environment, else 0. Same input, same bytes. */
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <psa/crypto.h>

#include "espforge/ef_agent.h"
#include "espforge/ef_codec.h"
#include "espforge/ef_image.h"

static int fail(const char *what, const char *why)
{
    (void)fprintf(stderr, "ef_mkimage: %s: %s\n", what, why);
    return 1;
}

static bool text(const char *name, const char *value, char *out, size_t cap)
{
    size_t len = value == NULL ? 0 : strlen(value);
    if (len == 0 || len >= cap) {
        (void)fprintf(stderr, "ef_mkimage: --%s must be 1-%zu bytes\n", name, cap - 1);
        return false;
    }
    memcpy(out, value, len + 1);
    return true;
}

/* ELF64, little-endian: the machine says the architecture. */
static const char *architecture_of(const uint8_t *elf, size_t len)
{
    if (len < 64 || memcmp(elf, "\177ELF\2\1", 6) != 0)
        return NULL;
    unsigned machine = elf[18] | (unsigned)elf[19] << 8;
    return machine == 62 ? "x86_64" : machine == 183 ? "aarch64" : NULL;
}

static uint8_t *read_file(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    long size;
    if (file == NULL)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) > 0 && size < INT32_MAX && fseek(file, 0, SEEK_SET) == 0 &&
        (data = malloc((size_t)size)) != NULL) {
        *len = fread(data, 1, (size_t)size, file);
        if (*len != (size_t)size) {
            free(data);
            data = NULL;
        }
    }
    (void)fclose(file);
    return data;
}

static bool write_file(const char *path, const uint8_t *header, const uint8_t *payload, size_t len)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return false;
    bool ok = fwrite(header, 1, EF_HOST_HEADER_BYTES, file) == EF_HOST_HEADER_BYTES && fwrite(payload, 1, len, file) == len;
    ok = fclose(file) == 0 && ok;
    if (!ok)
        (void)remove(path);
    return ok;
}

static bool source_date(uint64_t *built_at_ms)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    char *end;
    *built_at_ms = 0;
    if (epoch == NULL || epoch[0] == 0)
        return true;
    errno = 0;
    unsigned long long seconds = strtoull(epoch, &end, 10);
    if (!isdigit((unsigned char)epoch[0]) || *end != 0 || errno != 0 || seconds > 253402300799ull)
        return false;
    *built_at_ms = seconds * 1000;
    return true;
}

int main(int argc, char **argv)
{
    const char *elf_path = NULL, *out_path = NULL, *project = NULL, *version = NULL, *chip = NULL, *arch = NULL;
    const struct {
        const char *name;
        const char **value;
    } options[] = {{"--elf", &elf_path}, {"--out", &out_path}, {"--project", &project}, {"--version", &version}, {"--chip", &chip}, {"--arch", &arch}};
    for (int i = 1; i < argc; i += 2) {
        size_t o = 0;
        while (o < sizeof options / sizeof options[0] && strcmp(options[o].name, argv[i]) != 0)
            o++;
        if (o == sizeof options / sizeof options[0] || i + 1 >= argc)
            return fail(argv[i], i + 1 >= argc ? "needs a value" : "is not an option");
        *options[o].value = argv[i + 1];
    }
    ef_image image = {0};
    if (elf_path == NULL || out_path == NULL) {
        (void)fputs("usage: ef_mkimage --elf FILE --out FILE --project NAME --version SEMVER --chip NAME [--arch NAME]\n", stderr);
        return 2;
    }
    if (!text("project", project, image.project, 32) || !text("version", version, image.version, 32) || !text("chip", chip, image.chip, 16) ||
        !text("agent version", EF_AGENT_VERSION, image.agent_version, 16))
        return 2;
    if (!ef_semver_valid(image.version))
        return fail(image.version, "is not a SemVer 2.0 version such as 1.2.0");
    if (!source_date(&image.built_at_ms))
        return fail("SOURCE_DATE_EPOCH", "is not a number of seconds");

    size_t len = 0, hash_len = 0;
    uint8_t header[EF_HOST_HEADER_BYTES];
    uint8_t *elf = read_file(elf_path, &len);
    if (elf == NULL)
        return fail(elf_path, "cannot be read");
    int code = 0;
    const char *found = architecture_of(elf, len);
    if (found == NULL)
        code = fail(elf_path, "is no 64-bit ELF executable for x86_64 or aarch64");
    else if (arch != NULL && strcmp(arch, found) != 0)
        code = fail(elf_path, "is for another architecture than --arch");
    if (code == 0) {
        (void)text("arch", found, image.architecture, 16);
        image.payload_size_bytes = (uint32_t)len;
        if (psa_crypto_init() != PSA_SUCCESS ||
            psa_hash_compute(PSA_ALG_SHA_256, elf, len, image.payload_sha256, sizeof image.payload_sha256, &hash_len) != PSA_SUCCESS)
            code = fail("SHA-256", "the crypto library failed");
        else if (ef_image_write_host(&image, header) != EF_OK)
            code = fail(out_path, "project, version and chip must be plain text");
        else if (!write_file(out_path, header, elf, len))
            code = fail(out_path, strerror(errno));
    }
    free(elf);
    return code;
}
