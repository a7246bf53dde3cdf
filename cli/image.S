/* The image of kb/ (kb/image.h), IKW_IMAGE, as a part of the program. */
    .section .rodata
    .globl ikw_kb_image
    .globl ikw_kb_image_end
    .type ikw_kb_image, %object
    .type ikw_kb_image_end, %object
    .balign 64
ikw_kb_image:
    .incbin IKW_IMAGE
ikw_kb_image_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
