/* Telemetry of an agent: its state. Samples are packed; what does not fit the RAM while the host cannot be reached goes to flash. */
#ifndef EF_TELEMETRY_H
#define EF_TELEMETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "espforge/ef_messages.h"

#define EF_TELEMETRY_VALUES 16u
#define EF_TELEMETRY_NAME_CHARS 32u
#define EF_TELEMETRY_RING_BYTES 576u /* 3 samples of 16 values, 10 of 4, 25 without any */
#define EF_TELEMETRY_SPILLS 4u       /* records in flash of one full ring each; past that the oldest goes */

typedef struct ef_telemetry {
    uint32_t name_count;
    char names[EF_TELEMETRY_VALUES][EF_TELEMETRY_NAME_CHARS + 1];
    double values[EF_TELEMETRY_VALUES];
    uint8_t ring[EF_TELEMETRY_RING_BYTES]; /* samples, the oldest first, without gaps */
    uint32_t used, count;                  /* bytes and samples in it */
    uint32_t spill_first, spill_count;     /* records in flash, numbered through */
    uint32_t spill_sent;                   /* samples of the oldest record that the host has */
    uint32_t spill_sending;                /* the record the samples under way are from */
    bool sending_spill;
    bool hardware_told; /* with the first batch after a start */
    bool backlog;     /* the host could not be reached: no waiting for a whole batch */
    uint32_t sending; /* samples under way; 0: none */
    uint32_t lost;    /* samples that found no room, since the start */
    int64_t sample_ms; /* when the next one is taken */
    int64_t spill_ms;  /* no record is written before */
    int64_t next_ms;
    ef_backoff backoff;
} ef_telemetry;

#endif
