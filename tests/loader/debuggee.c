/* SPDX-License-Identifier: MIT */
/* Loads the objects named by its arguments and calls debugged_outer(20) in them. */
#include <stdio.h>
#include <stdlib.h>

#include "kernel-under-test/loader/loader.h"

static void missing(const char *symbol)
{
	fprintf(stderr, "import not provided: %s\n", symbol);
	exit(1);
}

int main(int argc, char **argv)
{
	struct kut_image *image;
	char *why = NULL;
	int error = kut_image_new(&image, missing, &why);

	for (int i = 1; !error && i < argc; i++)
		error = kut_image_add(image, argv[i], &why);
	if (!error)
		error = kut_image_link(image, &why);
	if (error) {
		fprintf(stderr, "%s\n", why);
		free(why);
		return 1;
	}
	printf("result %d\n", ((int (*)(int))kut_image_symbol(image, "debugged_outer"))(20));
	kut_image_free(image);
	return 0;
}
