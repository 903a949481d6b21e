# What a small support team has set up in its Request Tracker: queues, custom fields, rights, and three agents.
#
# Read by tests/servers/rt_setup.py, through RT's own Perl interface. Prints one line of JSON: logins and numbers.
# The queue General has no field for keys of ours on purpose: there a lost answer is looked for by its words.
use strict;
use warnings;
use utf8;
use lib '/usr/share/request-tracker5/lib';
use RT;
RT::LoadConfig();
RT::Init();
use JSON ();

my ($password) = @ARGV;
my $system = RT->SystemUser;
my (%facts, %queues, %fields);

sub made {
    my ($id, $said) = @_;
    die "seed: $said\n" unless $id;
    return $id;
}

sub queue {
    my $name  = shift;
    my $queue = RT::Queue->new($system);
    $queue->Load($name);
    if (!$queue->id) {
        my $address = lc $name;
        made($queue->Create(
            Name => $name, Description => "$name line",
            CorrespondAddress => "$address\@heard.test", CommentAddress => "$address-comment\@heard.test",
        ));
    }
    $queues{$name} = 0 + $queue->id;
    return $queue;
}

sub field {
    my ($name, %is) = @_;
    my $field = RT::CustomField->new($system);
    made($field->Create(
        Name => $name, Type => $is{type} // 'Freeform', MaxValues => $is{most} // 1, LookupType => $is{of},
    ));
    my $order = 0;
    $field->AddValue(Name => $_, SortOrder => $order++) for @{ $is{values} // [] };
    made($field->AddToObject($_)) for @{ $is{on} };
    $fields{$name} = 0 + $field->id;
    return;
}

sub token {
    my $user = shift;
    my ($id, $said, $token) = RT::AuthToken->new($system)->Create(Owner => $user->id, Description => 'tests');
    made($id, $said);
    return $token;
}

sub agent {
    my ($name, $real, $zone) = @_;
    my $user = RT::User->new($system);
    made($user->Create(
        Name => $name, RealName => $real, EmailAddress => "$name\@heard.test",
        Password => $password, Privileged => 1, Timezone => $zone,
    ));
    return $user;
}

sub described {
    my $user = shift;
    return {
        name => $user->Name, real_name => $user->RealName, email => $user->EmailAddress, token => token($user),
    };
}

my @queues = map { queue($_) } qw(General Support Billing Escalations);
my ($everything, $people) = ('RT::Queue-RT::Ticket', RT::User->new($system));
field('Product', of => $everything, type => 'Select', values => ['Router', 'Modem', 'Café app'], on => \@queues);
field('Order number', of => $everything, on => \@queues);
field('Tags', of => $everything, most => 0, on => \@queues);
field('Heard key', of => 'RT::Queue-RT::Ticket-RT::Transaction', on => [@queues[1 .. 3]]);
field('Plan', of => 'RT::User', type => 'Select', values => [qw(Free Plus Business)], on => [$people]);
field('Account number', of => 'RT::User', on => [$people]);

my $group = RT::Group->new($system);
made($group->CreateUserDefinedGroup(Name => 'Agents'));
for my $right (qw(
    SeeQueue ShowTicket ShowTicketComments ShowOutgoingEmail CreateTicket ReplyToTicket CommentOnTicket ModifyTicket
    OwnTicket TakeTicket StealTicket ReassignTicket DeleteTicket SeeCustomField ModifyCustomField
    SetInitialCustomField ModifySelf SeeGroup ShowUserHistory
)) {
    made($group->PrincipalObj->GrantRight(Right => $right, Object => RT->System));
}
my $everyone = RT::Group->new($system);
$everyone->LoadSystemInternalGroup('Everyone');
made($everyone->PrincipalObj->GrantRight(Right => $_, Object => RT->System)) for qw(CreateTicket ReplyToTicket);

my $root = RT::User->new($system);
$root->Load('root');
$root->SetEmailAddress('root@heard.test');
$root->SetRealName('Root Admin');
my @agents = map { agent(@$_) }
    (['ana', 'Ana Pérez', 'Europe/Madrid'], ['ben', 'Ben Okafor', 'America/New_York'], ['chloe', 'Chloé Dubois', 'UTC']);
made($group->AddMember($_->PrincipalId)) for @agents;
# Dee answers customers and may neither see what agents write to each other nor what was mailed.
my $dee = agent('dee', 'Dee Adler', 'Asia/Tokyo');
for my $right (qw(SeeQueue ShowTicket ReplyToTicket OwnTicket ModifyTicket SeeCustomField)) {
    made($dee->PrincipalObj->GrantRight(Right => $right, Object => RT->System));
}
$facts{agents} = { map { $_->Name => described($_) } $root, @agents, $dee };
$facts{queues} = \%queues;
$facts{fields} = \%fields;
print JSON->new->utf8->canonical->encode(\%facts), "\n";
