namespace EspForge.Cli.Tests;

/// <summary>Runs the command line in this process.</summary>
internal static class CliRunner
{
    public static (int ExitCode, string Output, string Error) Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = CliRoot.Run(args, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
