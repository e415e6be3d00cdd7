"""The command ``gradviz``.

    main          the entry: --version at once, everything else handed on
    application   runs one command line; turns errors into messages and exit codes
    arguments     the table of verbs and options: reading, help and completion all come from it
    sources       where an expression comes from: the argument, standard input, a file
    bindings      name=value, name=@file, @file
    drawing       the plain form
    checking, explanation, vocabulary, completion, manual
                  the verbs
    tables        the terminal's tables, plain or coloured
    numbers       how values are written in them
    output        standard output and error, pictures

Nothing here computes: it is the public library, spoken to from a shell.
"""
