namespace EspForge.Build;

/// <summary>A command line of this machine that runs a command in a sandbox: what every kind of sandbox comes down to.</summary>
/// <param name="Line">The program's path and its arguments.</param>
/// <param name="WorkingDirectory">Where it is started.</param>
/// <param name="View">What is watched while it runs.</param>
internal sealed record PreparedCommand(IReadOnlyList<string> Line, string WorkingDirectory, SandboxView View)
{
    /// <summary>Environment of the started program itself.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = ToolProcess.Environment;

    /// <summary>Ends what killing the started program does not, such as a container its daemon runs. Called after every run; does not throw.</summary>
    public Func<Task>? EndAsync { get; init; }

    /// <summary>Whether a cgroup of this machine holds memory and processes; where it cannot be made they are watched.</summary>
    public bool UsesCgroup { get; init; } = true;
}
