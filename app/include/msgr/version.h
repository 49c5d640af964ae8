/* SPDX-License-Identifier: BSD-3-Clause */
/** The library's version (semver.org); the wire has a version of its own (SPEC.md). */
#ifndef MSGR_VERSION_H
#define MSGR_VERSION_H

/** The one place where it is written: CMake and pkg-config have it from here. */
#define MSGR_LIBRARY_MAJOR 0
#define MSGR_LIBRARY_MINOR 1
#define MSGR_LIBRARY_PATCH 0

/** "MAJOR.MINOR.PATCH" */
#define MSGR_LIBRARY_VERSION                                                                       \
    MSGR_LIBRARY_JOIN(MSGR_LIBRARY_MAJOR, MSGR_LIBRARY_MINOR, MSGR_LIBRARY_PATCH)

/* Private. */
#define MSGR_LIBRARY_JOIN(major, minor, patch)  MSGR_LIBRARY_QUOTE(major, minor, patch)
#define MSGR_LIBRARY_QUOTE(major, minor, patch) #major "." #minor "." #patch

#endif
