namespace EspForge.Cli;

/// <summary>Exit codes, for scripts and CI.</summary>
internal static class ExitCode
{
    /// <summary>It is as it should be.</summary>
    public const int Fine = 0;

    /// <summary>It was looked at and is not as it should be: findings, a build that failed, a rollout that did not complete, a request that the server refused.</summary>
    public const int Wrong = 1;

    /// <summary>It could not be looked at: a bad command line, no such file, not the format, not signed in. Standard error says where.</summary>
    public const int Unusable = 2;

    /// <summary>The server could not be reached, failed, or did not get there in the time allowed. Trying again may help.</summary>
    public const int Unavailable = 3;
}
