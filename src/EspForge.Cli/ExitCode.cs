namespace EspForge.Cli;

/// <summary>Exit codes, for scripts and CI.</summary>
internal static class ExitCode
{
    /// <summary>It is as it should be.</summary>
    public const int Fine = 0;

    /// <summary>It was looked at and is not as it should be.</summary>
    public const int Wrong = 1;

    /// <summary>It could not be looked at: a bad command line, no such file, not the format. Standard error says where.</summary>
    public const int Unusable = 2;
}
