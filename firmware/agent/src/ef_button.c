#include "espforge/ef_button.h"

void ef_button_init(ef_button *b, int64_t now_ms)
{
    *b = (ef_button){.raw_ms = now_ms, .last_ms = now_ms};
}

static ef_button_event released(ef_button *b, int64_t now_ms)
{
    bool has_warned = b->has_warned, has_reset = b->has_reset, was_armed = b->armed;
    (void)now_ms;
    b->level = b->has_warned = b->has_reset = false;
    b->armed = true;
    if (!was_armed || has_reset)
        return EF_BUTTON_NONE;
    return has_warned ? EF_BUTTON_CANCELLED : EF_BUTTON_SHORT;
}

ef_button_event ef_button_step(ef_button *b, bool pressed, int64_t now_ms)
{
    /* Nobody looked for a while: it may have been let go in between, so a long press begins anew and a short one is none. */
    if (now_ms - b->last_ms > EF_BUTTON_GAP_MS) {
        b->pressed_ms = now_ms;
        b->raw_ms = now_ms;
        b->raw = pressed;
    }
    b->last_ms = now_ms;
    if (pressed != b->raw) {
        b->raw = pressed;
        b->raw_ms = now_ms;
    }
    if (now_ms - b->raw_ms >= EF_BUTTON_BOUNCE_MS) {
        if (!b->raw && (b->level || !b->armed))
            return released(b, now_ms);
        if (b->raw && !b->level) {
            b->level = true;
            b->pressed_ms = b->raw_ms;
        }
    }
    if (!b->level || !b->armed)
        return EF_BUTTON_NONE;
    int64_t held_ms = now_ms - b->pressed_ms;
    if (held_ms >= EF_BUTTON_RESET_MS && b->raw && !b->has_reset) {
        b->has_reset = true;
        return EF_BUTTON_RESET;
    }
    if (held_ms >= EF_BUTTON_WARN_MS && b->raw && !b->has_warned) {
        b->has_warned = true;
        return EF_BUTTON_WARN;
    }
    return EF_BUTTON_NONE;
}
