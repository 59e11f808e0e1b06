/* The chip that a virtual device plays, as --hardware says it. */
#ifndef EF_PLAYED_HARDWARE_H
#define EF_PLAYED_HARDWARE_H

#include "espforge/ef_port.h"

/* revision=3.1,package=TEXT,flash=BYTES,flash-mode=WORD,psram=BYTES,psram-mode=WORD: some of them, each at most once. false for anything else. */
bool ef_played_hardware(const char *text, ef_hardware *out);

#endif
