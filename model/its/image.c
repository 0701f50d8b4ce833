/* SPDX-License-Identifier: MIT */
/* image.c - the state of a block as bytes. */
#include "its/image.h"

#include <string.h>

#define VERSION 1u /* of the image; ours */

typedef struct image_header {
    uint32_t version;
    uint32_t bytes;
    its_profile profile;
} image_header;

size_t its_image_bytes(size_t state_bytes)
{
    return its_image_aligned(sizeof(image_header)) + state_bytes;
}

void its_image_save(const its_profile *profile, const void *state, size_t state_bytes, void *image)
{
    image_header h = {.version = VERSION, .bytes = (uint32_t)state_bytes};
    size_t start = its_image_aligned(sizeof h);

    memcpy(&h.profile, profile, sizeof h.profile);
    memset(image, 0, start);
    memcpy(image, &h, sizeof h);
    memcpy((uint8_t *)image + start, state, state_bytes);
}

its_status its_image_load(const its_profile *profile, void *state, size_t state_bytes,
                          const void *image)
{
    image_header h;

    if (!image)
        return ITS_E_ARGUMENT;
    memcpy(&h, image, sizeof h);
    if (h.version != VERSION || h.bytes != state_bytes ||
        memcmp(&h.profile, profile, sizeof h.profile) != 0)
        return ITS_E_VERSION;
    memcpy(state, (const uint8_t *)image + its_image_aligned(sizeof h), state_bytes);
    return ITS_OK;
}

/* FNV-1a, 64 bits (public domain), over 8-byte words. */
uint64_t its_image_digest(const void *state, size_t state_bytes)
{
    const uint8_t *p = state;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < state_bytes; i += 8) {
        uint64_t word;
        memcpy(&word, p + i, 8);
        hash = (hash ^ word) * UINT64_C(0x100000001b3);
    }
    return hash;
}

its_status its_image_check(const void *storage, size_t bytes, const its_profile *profile,
                           size_t needed)
{
    if (!storage || !profile)
        return ITS_E_ARGUMENT;
    if (its_profile_check(profile, NULL, 0))
        return ITS_E_PROFILE;
    if (bytes < needed || (uintptr_t)storage % ITS_IMAGE_ALIGN != 0)
        return ITS_E_SPACE;
    return ITS_OK;
}
