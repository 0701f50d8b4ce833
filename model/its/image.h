/* SPDX-License-Identifier: MIT */
/*
 * image.h - the state of a block as bytes: version, digest, profile, then the state, a copy of values.
 *
 * For the owners of a block (its.c, gic500). A state is contiguous, its size a multiple of
 * ITS_IMAGE_ALIGN, and no byte of it is a pointer or padding that is not zero.
 */
#ifndef ITSIM_ITS_IMAGE_H
#define ITSIM_ITS_IMAGE_H

#include "itsim/its.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ITS_IMAGE_ALIGN 16u

/* Rounded up to ITS_IMAGE_ALIGN. */
static inline size_t its_image_aligned(size_t bytes)
{
    return (bytes + ITS_IMAGE_ALIGN - 1u) / ITS_IMAGE_ALIGN * ITS_IMAGE_ALIGN;
}

/* Bytes of the image of a state of this size. */
size_t its_image_bytes(size_t state_bytes);

/* Writes its_image_bytes() bytes into cleared storage: padding stays as it is. */
void its_image_save(const its_profile *profile, const void *state, size_t state_bytes, void *image);

/* An image in `bytes` bytes. The state is as before when it is of another version, profile or size
 * (ITS_E_VERSION), or cut short or damaged (ITS_E_IMAGE). */
its_status its_image_load(const its_profile *profile, void *state, size_t state_bytes,
                          const void *image, size_t bytes);

/* 64-bit digest of a state. */
uint64_t its_image_digest(const void *state, size_t state_bytes);

/* What creation and sizes have in common: are storage and profile fit for `needed` bytes? */
its_status its_image_check(const void *storage, size_t bytes, const its_profile *profile,
                           size_t needed);

#ifdef __cplusplus
}
#endif

#endif
