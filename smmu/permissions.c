/* SPDX-License-Identifier: MIT */
/* Direct permissions: DDI 0487 D8.4, IHI 0070 5.4 (WXN, PAN, EPAN). */
#include "smmu/internal.h"

static uint8_t mask(bool ur, bool uw, bool ux, bool pr, bool pw, bool px)
{
	return (uint8_t)(ur | uw << 1 | ux << 2 | pr << 4 | pw << 5 | px << 6);
}

/* `ap`: AP[2:1]. A regime with one privilege level knows AP[2] and XN only. */
uint8_t stage1_permissions(const struct cd *cd, unsigned int ap, bool xn, bool pxn)
{
	bool write = !(ap & 2), user = ap & 1;
	bool uw = user && write;
	bool ux = !xn && !(cd->wxn && uw);
	bool px = !pxn && !uw && !(cd->wxn && write);
	bool denied = cd->pan && (user || (cd->epan && ux));

	if (!cd->two_priv) {
		bool x = !xn && !(cd->wxn && write);

		return mask(true, write, x, true, write, x);
	}
	return mask(user, uw, ux, !denied, write && !denied, px);
}

/* `xn`: XN[1:0], bit 1 is descriptor bit 54. Execution needs read access as well. */
uint8_t stage2_permissions(const struct smmu_config *config, unsigned int ap, unsigned int xn)
{
	bool r = ap & 1, w = ap >> 1;
	bool ux = r && !(xn & 2), px = ux;

	if (config->xnx) {
		ux = r && xn < 2;
		px = r && (xn == 0 || xn == 3);
	}
	return mask(r, w, ux, r, w, px);
}
