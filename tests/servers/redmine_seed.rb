# A small team's Redmine: projects, fields, agents with their keys, and the facts of it as one line of JSON.
# It makes the database too: each start of Rails takes seconds.
require 'json'

ActiveRecord::Tasks::DatabaseTasks.migrate
# What was loaded on the way knows the tables as they were then.
ActiveRecord::Base.connection.schema_cache.clear!
ActiveRecord::Base.descendants.each(&:reset_column_information)

Redmine::DefaultData::Loader.load('en')
{
  rest_api_enabled: '1', login_required: '1', notified_events: [], host_name: '127.0.0.1', protocol: 'http',
  default_language: 'en', mail_from: 'support@heard.test', session_lifetime: '0', gravatar_enabled: '0',
  attachment_max_size: '20480'
}.each { |name, value| Setting[name] = value }

projects = %w[Support Billing].map do |name|
  Project.create!(name: name, identifier: name.downcase, is_public: false, tracker_ids: Tracker.pluck(:id),
                  enabled_module_names: ['issue_tracking'])
end
role = Role.find_by(name: 'Manager')
role.add_permission!(:view_private_notes, :set_notes_private, :view_issues, :add_issues, :edit_issues, :add_issue_notes,
                     :delete_issues)
shared = { is_for_all: true, is_filter: true, searchable: true, tracker_ids: Tracker.pluck(:id) }
fields = [['Product', 'list', %w[Router Modem]], ['Customer email', 'string', nil], ['Order number', 'string', nil]]
fields.each do |name, format, values|
  IssueCustomField.create!(shared.merge(name: name, field_format: format, possible_values: values))
end
agents = [['ana', 'Ana', 'Ruiz'], ['ben', 'Ben', 'Okafor']].map do |login, first, last|
  user = User.new(firstname: first, lastname: last, mail: "#{login}@heard.test", language: 'en')
  user.login = login
  user.password = user.password_confirmation = ARGV.last
  user.save!
  projects.each { |project| Member.create!(principal: user, project: project, roles: [role]) }
  { name: login, id: user.id, real_name: "#{first} #{last}", key: user.api_key }
end
# Somebody who may write and isn't of the team.
customer = User.new(firstname: 'Zoe', lastname: 'Lind', mail: 'zoe@customer.example', language: 'en')
customer.login = 'zoe'
customer.password = customer.password_confirmation = ARGV.last
customer.save!
Role.non_member.add_permission!(:view_issues, :add_issues, :add_issue_notes)
projects.first.update!(is_public: true)

puts 'FACTS ' + JSON.generate(
  agents: agents, customer: { name: 'zoe', id: customer.id, real_name: 'Zoe Lind', key: customer.api_key },
  fields: IssueCustomField.all.to_h { |field| [field.name, field.id] },
  statuses: IssueStatus.all.to_h { |status| [status.name, status.id] },
  tracker: Tracker.find_by(name: 'Support').id
)
