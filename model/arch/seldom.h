/* SPDX-License-Identifier: MIT */
/*
 * seldom.h - what is done at every edge is kept together: a few kilobytes that fit the host's
 * instruction cache. Functions that are called once in many edges are marked, and kept out of its way.
 */
#ifndef ITSIM_ARCH_SELDOM_H
#define ITSIM_ARCH_SELDOM_H

#if defined(__GNUC__)
#define ITS_SELDOM __attribute__((cold, noinline))
#else
#define ITS_SELDOM
#endif

#endif
