/* SPDX-License-Identifier: MIT */
/* image.c - the state of a block as bytes. */
#include "its/image.h"

#include <string.h>

#define MAGIC 0x4d495449u /* "ITIM" in memory of a little-endian machine; ours */
#define VERSION 2u        /* of the image; ours */

typedef struct image_header {
    uint64_t digest; /* of everything behind it */
    uint32_t magic;
    uint32_t version;
    uint32_t bytes; /* of the state */
    its_profile profile;
} image_header;

size_t its_image_bytes(size_t state_bytes)
{
    return its_image_aligned(sizeof(image_header)) + state_bytes;
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

static uint64_t digest_behind(const void *image, size_t bytes)
{
    size_t skip = sizeof(uint64_t);
    return its_image_digest((const uint8_t *)image + skip, bytes - skip);
}

void its_image_save(const its_profile *profile, const void *state, size_t state_bytes, void *image)
{
    image_header h;
    size_t start = its_image_aligned(sizeof h);

    memset(&h, 0, sizeof h);
    h.magic = MAGIC;
    h.version = VERSION;
    h.bytes = (uint32_t)state_bytes;
    memcpy(&h.profile, profile, sizeof h.profile);
    memcpy(image, &h, sizeof h);
    memcpy((uint8_t *)image + start, state, state_bytes);
    h.digest = digest_behind(image, start + state_bytes);
    memcpy(image, &h.digest, sizeof h.digest);
}

its_status its_image_load(const its_profile *profile, void *state, size_t state_bytes,
                          const void *image, size_t bytes)
{
    size_t start = its_image_aligned(sizeof(image_header));
    image_header h;

    if (!image)
        return ITS_E_ARGUMENT;
    if (bytes < start)
        return ITS_E_IMAGE;
    memcpy(&h, image, sizeof h);
    if (h.magic != MAGIC || h.version != VERSION || h.bytes != state_bytes ||
        memcmp(&h.profile, profile, sizeof h.profile) != 0)
        return ITS_E_VERSION;
    if (bytes - start < state_bytes || digest_behind(image, start + state_bytes) != h.digest)
        return ITS_E_IMAGE;
    memcpy(state, (const uint8_t *)image + start, state_bytes);
    return ITS_OK;
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
