/* SPDX-License-Identifier: MIT */
/*
 * DBG_DECRYPT, DBG_ENCRYPT and COPY (55766, 6): memory moves between the view of the guest,
 * by its key, and that of the host, by the C-bit of the address. A range may overlap itself.
 */
#include "psp/sev/guest.h"

#include "psp/memory/memory.h"

struct view {
	unsigned int asid; /* 0: the host's */
	uint64_t pa;
};

static enum psp_status view_read(struct psp *psp, const struct view *v, uint64_t at, void *buf,
				 size_t len)
{
	if (!v->asid)
		return psp_buf_read(psp, v->pa + at, buf, len);
	return psp_guest_read(psp, v->asid, v->pa + at, buf, len);
}

static enum psp_status view_write(struct psp *psp, const struct view *v, uint64_t at,
				  const void *buf, size_t len)
{
	if (!v->asid)
		return psp_buf_write(psp, v->pa + at, buf, len);
	return psp_guest_write(psp, v->asid, v->pa + at, buf, len);
}

static enum psp_status check(const struct view *dst, const struct view *src, uint64_t len)
{
	if (!len || len % 16)
		return PSP_INVALID_LENGTH;
	if (src->pa % 16 || dst->pa % 16 || src->pa + len < src->pa || dst->pa + len < dst->pa)
		return PSP_INVALID_ADDRESS;
	return PSP_SUCCESS;
}

/* The piece of `done` bytes and more that comes next, from the end if `down`. */
static uint64_t piece(uint64_t len, uint64_t done, bool down, uint64_t *at)
{
	uint64_t n = len - done < PSP_PAGE ? len - done : PSP_PAGE;

	*at = down ? len - done - n : done;
	return n;
}

static enum psp_status check_readable(struct psp *psp, const struct view *src, uint64_t len)
{
	enum psp_status status = PSP_SUCCESS;
	uint8_t buf[PSP_PAGE];
	uint64_t at, n;

	for (uint64_t done = 0; status == PSP_SUCCESS && done < len; done += n) {
		n = piece(len, done, false, &at);
		status = view_read(psp, src, at, buf, n);
	}
	return status;
}

static enum psp_status move(struct psp_cmd *cmd, const struct view *dst, const struct view *src,
			    uint64_t len)
{
	struct psp *psp = cmd->psp;
	bool down = psp_strip_c_bit(psp, dst->pa) > psp_strip_c_bit(psp, src->pa);
	enum psp_status status = psp_buf_writable(psp, dst->pa, len);
	uint8_t buf[PSP_PAGE];
	uint64_t at, n;

	if (status == PSP_SUCCESS)
		status = check_readable(psp, src, len);
	for (uint64_t done = 0; status == PSP_SUCCESS && done < len; done += n) {
		n = piece(len, done, down, &at);
		status = view_read(psp, src, at, buf, n);
		if (status == PSP_SUCCESS)
			status = view_write(psp, dst, at, buf, n);
	}
	cmd->pages = psp_pages(dst->pa, len);
	return status;
}

static enum psp_status debug(struct psp_cmd *cmd, const struct view *dst, const struct view *src)
{
	uint64_t len = DBG_DECRYPT_len(cmd->buf);
	enum psp_status status = check(dst, src, len);

	if (status != PSP_SUCCESS)
		return status;
	if (cmd->guest->policy & PSP_POLICY_NODBG)
		return PSP_POLICY_FAILURE;
	return move(cmd, dst, src, len);
}

enum psp_status psp_cmd_dbg_decrypt(struct psp_cmd *cmd)
{
	return debug(cmd, &(struct view){0, DBG_DECRYPT_dst_addr(cmd->buf)},
		     &(struct view){cmd->guest->asid, DBG_DECRYPT_src_addr(cmd->buf)});
}

enum psp_status psp_cmd_dbg_encrypt(struct psp_cmd *cmd)
{
	return debug(cmd, &(struct view){cmd->guest->asid, DBG_ENCRYPT_dst_addr(cmd->buf)},
		     &(struct view){0, DBG_ENCRYPT_src_addr(cmd->buf)});
}

/* Needs no leave of the policy: the host sees nothing of what is moved. */
enum psp_status psp_cmd_copy(struct psp_cmd *cmd)
{
	struct view dst = {cmd->guest->asid, COPY_dst_addr(cmd->buf)};
	struct view src = {cmd->guest->asid, COPY_src_addr(cmd->buf)};
	uint64_t len = COPY_len(cmd->buf);
	enum psp_status status = check(&dst, &src, len);

	return status == PSP_SUCCESS ? move(cmd, &dst, &src, len) : status;
}
