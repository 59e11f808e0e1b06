/* One telemetry sample as bytes: size (1), flags (1), free heap (4), uptime (6), then by flag: time (6), signal (1); mask of values (2), values
 * (8 each). Internal to telemetry. */
#ifndef EF_SAMPLE_H
#define EF_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EF_SAMPLE_MAX_BYTES 149u

typedef struct ef_sample {
    int64_t at_ms; /* 0: the clock was not set */
    int64_t uptime_ms;
    uint32_t free_heap_bytes;
    bool has_rssi;
    int32_t rssi_dbm;
    uint32_t value_mask;
    double values[16];
} ef_sample;

/* Returns the size. */
size_t ef_sample_write(const ef_sample *sample, uint8_t *out);
/* The sample at the start of `bytes` and its size; 0 when there is none that is whole. */
size_t ef_sample_read(ef_sample *sample, const uint8_t *bytes, size_t len);

#endif
