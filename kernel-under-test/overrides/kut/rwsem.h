/* SPDX-License-Identifier: GPL-2.0-only */
/* Forced in front of rwsem.c, as mutex.h in front of mutex.c. */
#ifndef KUT_RWSEM_H
#define KUT_RWSEM_H

#define down_read real_down_read
#define down_read_interruptible real_down_read_interruptible
#define down_read_killable real_down_read_killable
#define down_read_trylock real_down_read_trylock
#define down_write real_down_write
#define down_write_killable real_down_write_killable
#define down_write_trylock real_down_write_trylock
#define up_read real_up_read
#define up_write real_up_write
#define downgrade_write real_downgrade_write

#endif
