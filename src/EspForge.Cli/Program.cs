return EspForge.Cli.CliRoot.Run(args, Console.Out, Console.Error);
