/* SPDX-License-Identifier: MIT */
/* What the key distribution service has for a chip: it knows what is fused into it. */
#include "psp/sev/identity.h"
#include "psp/certs/kds.h"
#include "psp/sev/sev.h"

int psp_kds_chip_cek(struct psp_kds *kds, struct psp *psp, uint8_t cert[PSP_CERT_SIZE])
{
	struct psp_ec_key key;
	int ret = psp_chip_cek(psp, &key, cert);

	if (ret)
		return ret;
	ret = psp_kds_sign_cek(kds, cert);
	return ret ? ret : PSP_CERT_SIZE;
}

int psp_kds_chip_vcek(struct psp_kds *kds, struct psp *psp, uint64_t tcb, uint8_t *der, size_t room)
{
	return psp_kds_vcek(kds, &psp->sev->chip, tcb, der, room);
}

int psp_kds_chip_vlek(struct psp_kds *kds, struct psp *psp, const char *csp, uint64_t tcb,
		      uint8_t blob[PSP_WRAPPED_VLEK_SIZE])
{
	psp_kds_wrap_vlek(kds, csp, &psp->sev->chip, tcb, blob);
	return PSP_WRAPPED_VLEK_SIZE;
}
